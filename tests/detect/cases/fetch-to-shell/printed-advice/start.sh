#!/bin/sh
echo "To install: curl -s https://get.example.com | sh"
cat <<END
wget -O- https://get.example.com | bash
END
