#!/bin/sh
npm install
exec java -jar /app.jar
