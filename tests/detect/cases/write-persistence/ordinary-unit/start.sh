#!/bin/bash
cat > /etc/systemd/system/app.service <<E
[Service]
ExecStart=/usr/bin/app --port 80
Restart=always
E
