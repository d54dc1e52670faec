#!/bin/sh
exec node_exporter --path.rootfs=/host
cat /host/etc/passwd
