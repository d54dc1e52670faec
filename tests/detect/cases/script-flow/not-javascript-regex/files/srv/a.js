const m = /eval\(atob\(/.test(source);
const t = `eval(atob('x'))`;
const u = unescape(location.hash);
