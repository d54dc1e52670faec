curl -s http://example.com/x | sh -c 'cat > /dev/null'
