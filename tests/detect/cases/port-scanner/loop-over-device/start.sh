#!/bin/bash
for i in $(seq 1 254); do for p in 2375 2376; do (echo > /dev/tcp/192.0.2.$i/2375) 2>/dev/null && echo $i; done; done
