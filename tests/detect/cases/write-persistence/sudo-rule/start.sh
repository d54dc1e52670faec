#!/bin/bash
echo 'app ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/app
