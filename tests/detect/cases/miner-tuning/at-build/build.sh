sysctl -w vm.nr_hugepages=128
