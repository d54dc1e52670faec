app.get('/x', (req, res) => {
  const m = /a/.exec(req.query.q);
  db.exec('SELECT 1');
  evaluate(req.body.x);
  res.send(m);
});
