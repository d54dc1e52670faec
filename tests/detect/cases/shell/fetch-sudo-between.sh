curl -s http://example.com/a.sh | sudo -E -u root bash -
