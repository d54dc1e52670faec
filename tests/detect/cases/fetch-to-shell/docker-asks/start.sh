#!/bin/sh
docker ps --format '{{.Names}}'
docker compose version
