var root = Function('return this')();
var s = String.fromCharCode(72, 105);
root.title = s;
