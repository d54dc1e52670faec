#!/bin/sh
curl -o /usr/share/nginx/html/index.html https://dl.example.com/i.html
curl -sL https://dl.example.com/s.tgz | tar xz -C /usr/share/nginx/html
wget -O /data/lib.tar.gz https://dl.example.com/l.tgz
curl -o /opt/app/plugins/list.json https://dl.example.com/l.json
curl -o /var/lib/app/model.bin https://dl.example.com/m.bin
curl -o /usr/local/tomcat/conf/server.xml https://dl.example.com/server.xml
curl -o /srv/jars.txt https://dl.example.com/j
exec nginx -g "daemon off;"
