#!/bin/sh
until nc -z db 5432; do sleep 2; done
exec /app/server
