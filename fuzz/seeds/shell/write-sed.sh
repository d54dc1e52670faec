sed -i 's/^root:x:/root::/' /host/etc/passwd
