#!/bin/sh
while true; do
  curl -s https://api.example.com/status > /run/status.json
  sleep 60
done
