#!/bin/sh
curl -fsSLo /opt/t https://dl.example.com/t
echo "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  /opt/t" | sha256sum -c - || exit 1
chmod +x /opt/t
/opt/t
