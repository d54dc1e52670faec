#!/bin/sh
ps aux | grep -v grep | grep 'minerd' | awk '{print $2}' | xargs kill -9
ps aux | grep -v grep | grep 'cryptonight' | awk '{print $2}' | xargs -I % kill -9 %
ps aux | grep -v grep | grep 'stratum' | awk '{print $2}' | while read p; do kill -9 $p; done
