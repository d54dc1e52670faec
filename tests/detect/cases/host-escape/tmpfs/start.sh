#!/bin/sh
mount -t tmpfs tmpfs /run
mount -o bind /srv /data
