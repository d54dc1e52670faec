require 'base64'
eval(Base64.decode64('cHV0cyAndGhpcyBzdGFuZHMgZm9yIGNvZGUgdGhhdCBub2JvZHkgaXMgbWVhbnQgdG8gcmVhZCc='))
