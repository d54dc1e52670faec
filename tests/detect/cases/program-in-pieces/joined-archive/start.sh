#!/bin/sh
cat part1 part2 > /tmp/all.tar.gz
tar xzf /tmp/all.tar.gz -C /srv
exec /srv/app
