#!/bin/sh
pip install requests==2.31.0
apt-get install -y curl=7.88.1-10
npm install left-pad@1.3.0
