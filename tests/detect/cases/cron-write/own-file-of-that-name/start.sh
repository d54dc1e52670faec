#!/bin/sh
echo x > /srv/app/crontab.txt
