#!/bin/sh
scp /var/backups/a.tgz user@192.0.2.5:/srv/
rsync -a /srv/ backup@192.0.2.5:/srv/
aws s3 cp /var/backups/a.tgz s3://bucket-of-example/
