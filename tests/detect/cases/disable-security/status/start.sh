#!/bin/sh
ufw status
getenforce
systemctl status auditd
