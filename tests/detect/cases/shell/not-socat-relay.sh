socat TCP-LISTEN:80,fork TCP:192.0.2.1:80
socat - UNIX-CONNECT:/run/s.sock
