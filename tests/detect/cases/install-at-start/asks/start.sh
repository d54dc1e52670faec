#!/bin/sh
apt-get update
pip list
npm run build
