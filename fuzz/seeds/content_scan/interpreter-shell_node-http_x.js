“const cp = require("child_process"), http = require("http");
http.createServer((q,r) => cp.exec("uptime", (e,o) => r.end(o))).listen(80);
