tar c /data | nc 192.0.2.1 9000
nc -l -p 9000 | tar x
printf "ruok" | nc localhost 2181
