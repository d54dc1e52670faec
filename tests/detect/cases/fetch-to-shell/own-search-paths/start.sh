#!/bin/sh
wget -O /app/settings.json https://dl.example.com/s.json
export PYTHONPATH=/app NODE_PATH=/app NODE_OPTIONS="--require /opt/trace.js"
export LD_LIBRARY_PATH=/app
exec python3 /opt/app.py
