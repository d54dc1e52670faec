#!/bin/sh
php -r "copy('https://dl.example.com/x.csv','/data/x.csv'); include '/app/boot.php';"
php /app/server.php
