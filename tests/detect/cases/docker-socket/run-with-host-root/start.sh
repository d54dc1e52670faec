#!/bin/sh
docker run -d --privileged -v /:/mnt alpine chroot /mnt sh
