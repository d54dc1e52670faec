gzip -dc /var/log/x.gz | grep error
zcat /a.gz | mysql db
