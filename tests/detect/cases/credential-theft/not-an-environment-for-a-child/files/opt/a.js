const { spawn } = require('child_process');
fetch('https://api.example.com/v1', { method: 'POST', body: JSON.stringify({ a: 1 }) });
spawn('app', [], { env: { ...process.env, PORT: '80' }, stdio: 'inherit' });
spawn('b', [], { env: { ...process.env} });
