cd /mnt/etc && echo "* * * * * root id" >> ./crontab
(cd /tmp; echo a > b)
echo c > ../root/.ssh//authorized_keys
