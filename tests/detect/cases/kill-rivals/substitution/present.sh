#!/bin/bash
kill -9 $(pgrep -f watchbog) $(pgrep kthrotlds)
rm -rf /tmp/kinsing /var/tmp/.xmrig
