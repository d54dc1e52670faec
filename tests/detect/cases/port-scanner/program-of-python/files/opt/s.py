import socket
for i in range(256):
    for p in (2375, 2376, 4243, 10250):
        s = socket.socket()
        s.settimeout(1)
        if s.connect_ex(('192.0.2.%d' % i, p)) == 0:
            print(i, p)
