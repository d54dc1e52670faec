#!/bin/sh
P=ZWNobyBoZWxsbwo=
eval "$(echo $P | base64 --decode)"
