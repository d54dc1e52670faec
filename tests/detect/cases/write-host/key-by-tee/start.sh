#!/bin/sh
mkdir -p /hostfs/root/.ssh
echo 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB x@example.com' | tee -a /hostfs/root/.ssh/authorized_keys
