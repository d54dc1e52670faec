#!/bin/sh
systemctl enable docker.socket
deb-systemd-helper unmask docker.socket
systemctl stop docker.socket docker.service
