#!/bin/sh
mkdir -p ~/.ssh ~/.aws ~/.docker ~/.kube ~/.azure
chmod 700 ~/.ssh ~/.aws ~/.docker ~/.kube ~/.azure
curl -T /data/report https://reports.example.com/
