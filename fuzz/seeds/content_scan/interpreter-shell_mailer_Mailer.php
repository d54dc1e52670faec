…÷<?php
$c = fsockopen($host, 25);
fwrite($c, "HELO x");
$m = popen("/usr/sbin/sendmail -t", "w");
