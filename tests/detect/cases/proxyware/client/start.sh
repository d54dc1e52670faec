#!/bin/sh
/usr/local/bin/pawns-cli -email=you@example.com -password=x -device-name=a -accept-tos
