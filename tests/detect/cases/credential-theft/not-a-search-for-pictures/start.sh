#!/bin/bash
find /app -name '*.png' -o -name '*.pem' | xargs ls -l
env | sort
