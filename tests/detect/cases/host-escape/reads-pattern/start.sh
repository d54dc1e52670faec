#!/bin/sh
cat /proc/sys/kernel/core_pattern
