#!/bin/bash
TOKEN=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
host "$DB_HOST"
dig +short db.example.com
ping -c 1 db.example.com
curl -sk -H "Authorization: Bearer $TOKEN" https://kubernetes.default.svc/api
