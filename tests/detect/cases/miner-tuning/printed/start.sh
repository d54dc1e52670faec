#!/bin/sh
echo "please run: sysctl -w vm.nr_hugepages=128"
