#!/bin/sh
cat /proc/sys/vm/nr_hugepages
sysctl vm.nr_hugepages
