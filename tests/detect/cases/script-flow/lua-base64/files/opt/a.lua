local mime = require('mime')
local f = loadstring(mime.unb64('cHJpbnQoJ3RoaXMgc3RhbmRzIGZvciBjb2RlIHRoYXQgbm9ib2R5IGlzIG1lYW50IHRvIHJlYWQnKQ=='))
f()
