#!/bin/sh
git -C /app pull
exec node /app/server.js
