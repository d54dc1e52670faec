code = 'cHV0cyAndGhpcyBzdGFuZHMgZm9yIGNvZGUgdGhhdCBub2JvZHkgaXMgbWVhbnQgdG8gcmVhZCc='
eval code.unpack1('m')
