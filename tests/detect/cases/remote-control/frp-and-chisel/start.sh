#!/bin/sh
/opt/frpc -c /opt/frpc.ini &
chisel client http://192.0.2.9:8080 R:socks
