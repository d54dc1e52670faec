#!/bin/sh
iptables -A OUTPUT -d pool.minexmr.com -j DROP
exec app
