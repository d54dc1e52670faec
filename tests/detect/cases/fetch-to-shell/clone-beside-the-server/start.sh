#!/bin/sh
git clone https://git.example.com/docs.git /data/docs
git -C /app rev-parse HEAD
cd /app
exec gunicorn --chdir /app app:app
