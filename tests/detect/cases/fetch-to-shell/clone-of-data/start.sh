#!/bin/sh
git clone https://git.example.com/site/content.git /srv/www
exec nginx -g 'daemon off;'
