#!/bin/bash
. /etc/place.env
TOKEN=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
curl -s -d "$TOKEN" "$PLACE"
