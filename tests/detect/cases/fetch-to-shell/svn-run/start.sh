#!/bin/sh
svn export http://192.0.2.5/svn/tool /opt/tool
sh /opt/tool/run.sh
