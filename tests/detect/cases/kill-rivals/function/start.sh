#!/bin/sh
end() { ps ax | grep "$1" | awk '{print $1}' | xargs kill -9; }
end xmr-stak
end cnrig
end monerohash
