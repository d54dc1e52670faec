#!/bin/sh
cd /app
java -jar /app/app.jar
npm start
make serve
