#!/bin/sh
echo 1280 > /proc/sys/vm/nr_hugepages
