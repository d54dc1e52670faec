#!/bin/sh
svn checkout https://svn.example.com/tool/trunk /opt/tool
cd /opt/tool
./install.sh
