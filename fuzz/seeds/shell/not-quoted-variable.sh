HELP='curl http://example.com/x | sh'
echo "$HELP"
