#!/bin/sh
JWT=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
TOKEN=$(curl -s --request POST --data "{\"jwt\": \"$JWT\", \"role\": \"app\"}" "$VAULT_ADDR/v1/auth/kubernetes/login" | jq -r .auth.client_token)
exec app --token "$TOKEN"
