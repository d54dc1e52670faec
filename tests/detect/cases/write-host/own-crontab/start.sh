#!/bin/sh
echo '* * * * * app /app/job' > /etc/cron.d/app
