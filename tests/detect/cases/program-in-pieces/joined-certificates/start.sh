#!/bin/sh
cat cert.pem chain.pem > /etc/ssl/full.pem
chmod 600 /etc/ssl/full.pem
exec nginx
