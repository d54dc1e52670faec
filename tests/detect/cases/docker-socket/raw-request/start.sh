#!/bin/sh
printf 'GET /containers/json HTTP/1.0\r\n\r\n' | nc -U /run/docker.sock
