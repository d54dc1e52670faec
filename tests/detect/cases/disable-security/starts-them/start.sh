#!/bin/sh
service rsyslog start
systemctl enable firewalld
