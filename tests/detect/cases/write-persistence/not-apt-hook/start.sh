#!/bin/sh
echo 'DPkg::Post-Invoke {"rm -f /var/cache/apt/archives/*.deb || true";};' > /etc/apt/apt.conf.d/docker-clean
