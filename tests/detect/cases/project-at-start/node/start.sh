#!/bin/sh
cd /app
npm ci --omit=dev
npm run migrate
exec node server.js
