#!/bin/sh
set -e
rm -f /etc/apparmor.d/disable/usr.bin.freshclam
rm -f /etc/clamav/freshclam.conf
rm -f /etc/apparmor.d/force-complain/usr.bin.freshclam /var/lib/clamav//clamav-freshclam.debconf
