#!/bin/sh
git clone https://git.example.com/site.git /var/www/html
exec apache2-foreground
