#!/bin/sh
wget -q -P /data -i /list.txt
curl -sK /curl.conf > /data/x.csv
sh /opt/run.sh
exec app /data
