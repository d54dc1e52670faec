#!/bin/sh
if [ -s /etc/ld.so.preload ]; then echo "preload is set"; fi
grep . /etc/ld.so.preload
