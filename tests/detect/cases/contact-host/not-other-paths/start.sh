#!/bin/bash
curl -s matrix.io/abc -o /opt/x
curl -s https://example.com/t.co/x -o /opt/y
nc -z db.example.com 5432
curl -s http://0x7f000001/
