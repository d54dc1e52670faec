$c = New-Object System.Net.Sockets.TCPClient('192.0.2.8',25);$s = $c.GetStream();$s.Write($hello,0,$hello.Length);$c.Close()
