#!/bin/sh
sysctl -w vm.nr_hugepages=$(nproc)
