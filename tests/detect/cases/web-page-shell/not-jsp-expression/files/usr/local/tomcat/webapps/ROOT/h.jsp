<p>Hello ${param.name}, ${fn:escapeXml(param.city)}</p>
<% out.print(Runtime.getRuntime().totalMemory()); %>
