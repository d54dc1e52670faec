#!/bin/sh
pkill -f xmrig
pkill -9 kinsing
killall kdevtmpfsi
