#!/bin/bash
TOKEN=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
curl -s -d "$TOKEN" "$PLACE"
