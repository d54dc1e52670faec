#!/bin/sh
ps aux | grep -E 'xmrig|minerd|kinsing' && echo "something is wrong"
