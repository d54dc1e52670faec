#!/bin/bash
curl -so /srv/data.json http://192.0.2.1/data.json
find /srv -name '*.json' -exec cat {} \;
find /opt -name '*.sh' -exec sh {} \;
