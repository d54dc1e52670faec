V=$(curl -s http://example.com/version)
echo "version $V"
[ "$V" = 1 ] && echo same
