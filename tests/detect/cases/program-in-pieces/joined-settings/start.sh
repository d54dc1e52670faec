#!/bin/sh
cat /etc/app/*.conf > /run/app.conf
chmod 644 /run/app.conf
exec app -c /run/app.conf
