#!/bin/sh
echo "vm.nr_hugepages=1280" >> /etc/sysctl.conf
for n in /sys/devices/system/node/node*; do echo 3 > $n/hugepages/hugepages-1048576kB/nr_hugepages; done
