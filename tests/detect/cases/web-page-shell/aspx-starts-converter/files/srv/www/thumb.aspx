<%@ Page Language="C#" %>
<script runat="server">
void Page_Load(object s, EventArgs e) {
  var i = new System.Diagnostics.ProcessStartInfo("/usr/bin/convert", "in.png " + int.Parse(Request.QueryString["size"]));
  System.Diagnostics.Process.Start(i);
}
</script>
