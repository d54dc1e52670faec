#!/bin/sh
echo "pkill xmrig; pkill minerd; pkill kinsing"
