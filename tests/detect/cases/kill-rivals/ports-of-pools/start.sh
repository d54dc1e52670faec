#!/bin/sh
netstat -antp | grep ':3333' | awk '{print $7}' | xargs kill -9
pkill -f xmrig
ps aux | grep minerd | awk '{print $2}' | xargs kill -9
