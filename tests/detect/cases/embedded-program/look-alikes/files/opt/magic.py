MAGIC = b'\x7fELF\x02\x01\x01'
if head.startswith(b"\x7fELF"): pass
