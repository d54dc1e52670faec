import socket
s = socket.socket(socket.AF_UNIX)
s.connect('/var/run/docker.sock')
s.send(b'POST /containers/create HTTP/1.1\r\nHost: a\r\n\r\n')
