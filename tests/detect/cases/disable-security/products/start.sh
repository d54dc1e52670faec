#!/bin/sh
pkill -f falcon-sensor
apt-get purge -y clamav
systemctl disable --now firewalld
