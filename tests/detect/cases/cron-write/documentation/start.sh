#!/bin/sh
echo 'add to /etc/crontab: * * * * * root x'
