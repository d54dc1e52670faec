#!/bin/sh
export LD_PRELOAD=/usr/lib/libjemalloc.so.2
exec app
