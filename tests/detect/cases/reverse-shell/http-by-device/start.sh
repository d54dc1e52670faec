#!/bin/bash
exec 3<>/dev/tcp/localhost/8080
printf "GET /health HTTP/1.0\r\n\r\n" >&3
grep -q ok <&3
