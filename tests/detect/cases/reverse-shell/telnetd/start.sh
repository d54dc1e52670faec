#!/bin/sh
exec busybox telnetd -p 2323 -l /bin/sh
