import io
buf = io.StringIO()
buf.write('x = 1')
exec(buf.getvalue())
