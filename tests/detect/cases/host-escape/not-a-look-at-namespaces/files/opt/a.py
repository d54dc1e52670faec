import os
print(os.readlink('/proc/1/ns/mnt') == os.readlink('/proc/self/ns/mnt'))
