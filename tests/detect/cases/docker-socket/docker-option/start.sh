#!/bin/sh
docker -H unix:///var/run/docker.sock ps
