require 'socket'
s = TCPSocket.new('db', 5432)
s.print "x"
system("date")
