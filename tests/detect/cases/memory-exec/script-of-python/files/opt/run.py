#!/usr/bin/env python3
import os
fd = os.memfd_create('x')
os.write(fd, open('/opt/b', 'rb').read())
os.execve('/proc/self/fd/%d' % fd, ['k'], {})
