#!/bin/sh
docker run --rm -v /srv/data:/data app
