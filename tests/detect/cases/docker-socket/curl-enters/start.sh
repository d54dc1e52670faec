#!/bin/sh
curl -s --unix-socket /var/run/docker.sock -d @/c.json -H "Content-Type: application/json" http://localhost/containers/json/../create
