. <(curl -s http://example.com/a.sh)
source <(wget -qO- http://example.com/b.sh)
