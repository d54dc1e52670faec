#!/bin/sh
exec 3< /etc/app.conf
exec app --config /proc/self/fd/3
