#!/bin/sh
curl -s https://example.com/status
echo "now run: make && gcc x.c"
