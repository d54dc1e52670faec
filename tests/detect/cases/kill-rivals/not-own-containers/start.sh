#!/bin/bash
docker ps -a | grep -E 'web|worker|cache|queue' | awk '{print $1}' | xargs docker rm -f
