#!/bin/sh
pkill -f server
killall nginx php-fpm
kill -TERM $(cat /run/app.pid)
