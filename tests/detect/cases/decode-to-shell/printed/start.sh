#!/bin/sh
echo 'echo ZWNobyBoZWxsbwo= | base64 -d | sh'
