#!/bin/sh
pip install thing==1.0
npm install -g @scope/tool@2
tool --port 80
python3 -m thing
