#!/bin/sh
iptables -F
iptables -X
