#!/bin/sh
mysql -u root -p"$P" -h db.example.com -P 3306
mysqldump -u backup --url x
