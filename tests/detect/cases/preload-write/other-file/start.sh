#!/bin/sh
echo /usr/local/lib > /etc/ld.so.conf.d/local.conf
ldconfig
