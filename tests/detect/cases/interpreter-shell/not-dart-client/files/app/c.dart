Socket.connect('192.0.2.8', 4444).then((s) { s.listen((d) => print(d)); });
Process.start('flutter', ['build']).then((p) => p.stdin.close());
