#!/bin/sh
docker -H tcp://192.0.2.9:2375 run --rm -v /:/mnt alpine chroot /mnt sh
