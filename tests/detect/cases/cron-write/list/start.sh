#!/bin/sh
crontab -l
cat /etc/crontab
