curl -fsSLo /usr/local/bin/tini https://example.com/tini
echo "0123abcd  /usr/local/bin/tini" | sha256sum -c -
chmod +x /usr/local/bin/tini
/usr/local/bin/tini -s -- true
