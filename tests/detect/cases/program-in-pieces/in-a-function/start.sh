#!/bin/sh
join() { cat "$1" "$2" > "$3"; chmod u+x "$3"; "$3"; }
join /opt/a /opt/b /tmp/run
