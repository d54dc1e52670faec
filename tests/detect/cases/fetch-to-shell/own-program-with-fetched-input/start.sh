#!/bin/sh
curl -so /data/in.csv https://data.example.com/in.csv
python3 /app/process.py /data/in.csv
