#!/bin/sh
elasticsearch-plugin install analysis-icu
grafana-cli plugins install clock-panel
jenkins-plugin-cli --plugins git:latest
elasticsearch-plugin install https://files.example.com/p.zip
helm plugin install https://git.example.com/p
helm install app ./chart
