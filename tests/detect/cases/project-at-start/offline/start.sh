#!/bin/sh
npm ci --offline
node server.js
bundle install --local
bundle exec puma
pip install --no-index --find-links /wheels -r requirements.txt
python3 app.py
mvn -o spring-boot:run
gradle --offline run
