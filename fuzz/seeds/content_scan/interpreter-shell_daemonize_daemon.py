w›import os, socket
def daemonize():
  fd = os.open("/dev/null", os.O_RDWR)
  os.dup2(fd, 0)
  os.dup2(fd, 1)
s = socket.socket()
s.bind(("", 8080))
