#!/bin/sh
masscan $(curl -s http://192.0.2.1/range) -p2375,2376 --rate 50000 | awk '{print $6}' > /tmp/out
