const decoded = atob(token);
setTimeout(function () { show(decoded); }, 100);
regex.exec(atob(token));
