#!/bin/sh
aws --region eu-1 s3 cp --recursive s3://b/app/ /app/
python3 /app/main.py
aws s3api get-object --bucket b --key k/r.sh /opt/r.sh
sh /opt/r.sh
gsutil -m cp -r gs://b/g /srv
/srv/g/run
gcloud storage cp gs://b/q.sh /opt/q.sh
sh /opt/q.sh
az storage blob download --account-name a -c c -n p.sh -f /opt/p.sh
sh /opt/p.sh
azcopy copy "https://a.example.com/c/o.sh" /opt/o.sh
sh /opt/o.sh
mc cat a/b/n.sh | sh
mc mirror a/b/m /opt/m
/opt/m/run
