<?php
$host = escapeshellarg($_GET['host']);
system('ping -c 1 ' . $host);
$n = (int) $_GET['n'];
exec('head -n ' . $n . ' /var/log/x');
