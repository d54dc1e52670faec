#!/bin/sh
cat /opt/tool > /usr/local/bin/tool
chmod +x /usr/local/bin/tool
/usr/local/bin/tool
