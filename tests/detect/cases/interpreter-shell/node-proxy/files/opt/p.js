const net = require('net');
const { spawn } = require('child_process');
spawn('/usr/bin/redis-server');
net.createServer((c) => { const u = net.connect(6379); c.pipe(u); u.pipe(c); }).listen(1);
