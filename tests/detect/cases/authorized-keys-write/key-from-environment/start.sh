#!/bin/sh
echo "$SSH_PUBLIC_KEY" > /root/.ssh/authorized_keys
exec /usr/sbin/sshd -D
