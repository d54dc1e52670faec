#!/bin/bash
echo "${USER_NAME:-default}:x:$(id -u):0:${USER_NAME:-default} user:${HOME}:/sbin/nologin" >> /etc/passwd
useradd -u 1000 app
usermod -u 1001 app
