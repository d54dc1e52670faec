#!/bin/sh
zcat /docker-entrypoint-initdb.d/a.sql.gz | mysql -u root
gunzip -c x.gz | psql
