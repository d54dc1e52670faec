#!/bin/sh
iptables -t nat -F MYCHAIN
sysctl -w net.ipv4.ip_forward=1
