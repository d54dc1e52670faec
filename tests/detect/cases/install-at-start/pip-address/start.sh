#!/bin/sh
pip install http://192.0.2.7/pkg.tar.gz
python3 -m pip install git+https://git.example.com/x/y.git
