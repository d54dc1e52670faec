var p = new Process(); p.StartInfo.FileName = "/bin/sh"; p.StartInfo.RedirectStandardInput = true; p.Start();
