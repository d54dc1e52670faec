#!/bin/sh
for p in xmrig minerd kinsing ddgs; do pkill -f "$p"; done
