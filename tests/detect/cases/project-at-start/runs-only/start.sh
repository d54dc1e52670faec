#!/bin/sh
npm start
python3 app.py
bundle exec puma
exec poetry run app
