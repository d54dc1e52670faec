#!/bin/sh
touch /var/log/cron.log
echo started >> /var/log/cron.log
exec cron -f
