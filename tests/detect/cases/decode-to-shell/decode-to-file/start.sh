#!/bin/sh
echo "$TLS_KEY_B64" | base64 -d > /etc/app/tls.key
