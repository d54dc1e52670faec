#!/bin/sh
tmux new-session -d -s web 'node server.js'
screen -dmS game java -jar server.jar
start-stop-daemon --start --exec /usr/sbin/nginx -- -g 'daemon off;'
