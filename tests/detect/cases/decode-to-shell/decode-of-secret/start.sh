#!/bin/sh
PASS=$(echo $PASS_B64 | base64 -d)
export PASS
exec app --password-file <(echo "$PASS")
