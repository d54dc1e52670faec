#!/bin/sh
git clone https://git.example.com/a.git /app
git -C /app checkout v1
exec gunicorn --chdir /app app:app
