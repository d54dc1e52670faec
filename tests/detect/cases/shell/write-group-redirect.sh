{
  echo "* * * * * root id"
  echo "@reboot root id"
} >> /host/etc/crontab
