#!/bin/sh
make -C /app
exec /app/server
