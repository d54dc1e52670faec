#!/bin/sh
set -e
. /usr/lib/common.sh
/opt/prepare.sh
python3 /app/x.py &
exec "$@"
