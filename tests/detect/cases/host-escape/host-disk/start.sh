#!/bin/sh
mkdir -p /tmp/d && mount /dev/sda1 /tmp/d
