#!/bin/sh
lsof -ti tcp:3333 | xargs kill -9
fuser -k 9999/tcp
ps aux | grep '/tmp/' | awk '{print $2}' | xargs kill
pkill -f 'redis-server -p x'
