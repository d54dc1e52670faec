#!/bin/sh
while :; do
  curl -s --unix-socket /var/run/docker.sock http://localhost/containers/json | jq length
  sleep 60
done
