#!/bin/bash
curl -s -XPOST http://192.0.2.9:2375/containers/create -d @/x.json
