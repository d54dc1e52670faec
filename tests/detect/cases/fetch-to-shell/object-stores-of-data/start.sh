#!/bin/sh
aws s3 sync s3://b/data /data
aws s3 cp s3://b/config.json /app/config.json
aws s3 cp /backup.tgz s3://b/x.tgz
gsutil cp /log gs://b/log
az storage blob download -c c -n m.bin -f /data/m.bin
az storage blob upload -c c -n m.bin -f /opt/run.sh
sh /opt/run.sh
exec app --config /app/config.json /data
