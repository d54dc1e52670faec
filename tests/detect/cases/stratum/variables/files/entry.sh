#!/bin/sh
exec ./worker -o stratum+tcp://$POOL:$PORT
exec ./worker -o "stratum+ssl://${POOL_HOST:-pool.example.com}:${PORT}"
