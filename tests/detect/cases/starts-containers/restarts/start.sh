#!/bin/sh
docker run -d --restart=always --net=host example.com/x/y
