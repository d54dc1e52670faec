#!/bin/sh
python3 -c 'import urllib.request,json; print(json.load(urllib.request.urlopen("http://192.0.2.5/status"))["state"])'
