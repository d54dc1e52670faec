code=$(curl -s http://example.com/a.sh)
echo "$code" | bash
