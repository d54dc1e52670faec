import os, mmap
fd = os.memfd_create('frames')
os.ftruncate(fd, 4096)
buffer = mmap.mmap(fd, 4096)
