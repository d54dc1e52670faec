#!/bin/sh
curl --unix-socket /run/app.sock http://localhost/health
