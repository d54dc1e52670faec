curl -s http://example.com/v.json | python3 -m json.tool
curl -s http://example.com/x | node -p "1+1"
