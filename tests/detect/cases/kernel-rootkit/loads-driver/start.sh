#!/bin/sh
modprobe wireguard
insmod /lib/modules/extra/zfs.ko
