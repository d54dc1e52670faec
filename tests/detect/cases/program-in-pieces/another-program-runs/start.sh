#!/bin/sh
cat a b > /tmp/x
chmod +x /tmp/y
/tmp/y
