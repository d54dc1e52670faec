Älimport socketserver
class H(socketserver.BaseRequestHandler):
  def handle(self):
    data = self.request.recv(1024)
    self.request.sendall(data.upper())
