#!/bin/sh
setenforce 0
iptables -F
ufw disable
