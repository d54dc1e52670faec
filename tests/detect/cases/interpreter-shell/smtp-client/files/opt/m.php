<?php
$s = fsockopen("mail.example.com", 25);
fwrite($s, "EHLO x\r\n");
$v = shell_exec("hostname");
