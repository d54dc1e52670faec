#!/bin/sh
"$0.bin" -o pool.hashvault.pro:80 -u x
