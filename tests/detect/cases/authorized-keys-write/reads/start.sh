#!/bin/sh
cat /root/.ssh/authorized_keys
chmod 600 /root/.ssh/authorized_keys
