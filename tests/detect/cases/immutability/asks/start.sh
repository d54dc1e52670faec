#!/bin/sh
lsattr /etc/passwd
