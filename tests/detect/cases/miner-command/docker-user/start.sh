#!/bin/sh
docker run -u 1000:1000 -w /src -o x registry.example.com:5000/app
