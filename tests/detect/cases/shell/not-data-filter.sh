curl -s http://example.com/v.json | python3 -c "import json,sys; print(json.load(sys.stdin)[0])"
curl -s http://example.com/v.json | jq -r .tag
curl -s http://example.com/a | perl -pe "s/a/b/" | grep x
