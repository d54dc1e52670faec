#!/bin/sh
echo "$CONFIG_B64" | base64 -d | sh
