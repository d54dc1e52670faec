#!/bin/bash
for i in `seq 1 254`; do nc -zw1 192.0.2.$i 2375 && echo $i; done
