#!/usr/bin/perl
my ($a, $b) = unpack('NN', $data);
eval { die 'x' };
system('ls', '-l');
