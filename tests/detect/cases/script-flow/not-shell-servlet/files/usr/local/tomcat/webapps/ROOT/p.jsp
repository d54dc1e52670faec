<% String n = request.getParameter("name"); out.print(n); Runtime.getRuntime().exec(new String[]{"/usr/bin/id", n}); %>
