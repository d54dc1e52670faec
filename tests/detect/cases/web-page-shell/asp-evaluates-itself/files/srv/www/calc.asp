<% total = Eval("1 + 2") : Response.Write Request("name") %>
