import ast, zlib
value = ast.literal_eval(zlib.decompress(open('x','rb').read()).decode())
regex.exec(base64.b64decode('aGVsbG8='))
