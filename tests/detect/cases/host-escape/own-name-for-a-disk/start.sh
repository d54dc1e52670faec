#!/bin/bash
mknod /dev/x b 8 1; mount /dev/x /mnt
