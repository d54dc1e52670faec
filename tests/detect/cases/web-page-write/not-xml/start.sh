#!/bin/sh
echo '<?xml version="1.0"?><a b="$_GET"/>' > /etc/x.xml
