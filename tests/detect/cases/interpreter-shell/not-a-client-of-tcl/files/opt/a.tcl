#!/usr/bin/tclsh
set s [socket db.example.com 5432]
puts $s hello
gets $s line
puts [exec date]
