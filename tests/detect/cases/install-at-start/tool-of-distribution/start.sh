#!/bin/sh
apk add --no-cache jq
jq . /etc/app.json
exec /app/server
