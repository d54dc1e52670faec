#!/bin/sh
OUT=/var/tmp/k
cat /a > $OUT
cat /b >> $OUT
chmod 0700 $OUT
nohup $OUT >/dev/null 2>&1 &
