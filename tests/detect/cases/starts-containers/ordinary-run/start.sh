#!/bin/sh
docker run --rm -v /srv/data:/data example.com/x
