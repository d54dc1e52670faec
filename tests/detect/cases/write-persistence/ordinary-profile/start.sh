#!/bin/bash
echo 'export PATH=/opt/app/bin:$PATH' >> /etc/profile.d/app.sh
echo 'PROMPT_COMMAND="history -a"' >> ~/.bashrc
