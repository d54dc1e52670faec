#!/bin/sh
curl -o /tmp/a.json -u user:abcdefghijklmnopqrstuvwxyz0123456789 https://api.example.com:8443/x
