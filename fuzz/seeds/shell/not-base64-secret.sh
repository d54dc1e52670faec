echo "$TLS_KEY" | base64 -d > /etc/ssl/key.pem
A=$(echo aGVsbG8= | base64 -d)
echo "$A"
