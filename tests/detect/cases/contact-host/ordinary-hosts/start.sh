#!/bin/sh
curl -fsSL https://get.example.com/install.sh | sh
curl -s http://registry.example.com:8080/v2/ -o /tmp/a
