#!/bin/sh
rm -f /etc/ld.so.preload
