#!/bin/sh
chroot /srv/jail /usr/sbin/named -f
chroot --userspec=app /var/empty app
