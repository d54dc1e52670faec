#!/bin/sh
tar cf /mnt/backup/etc.tar /etc
echo done > /mnt/data/etc-backup.log
cp -a /srv/. /mnt/data/
