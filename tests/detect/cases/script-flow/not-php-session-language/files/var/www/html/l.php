<?php
session_start();
$title = sprintf('%s', $_SESSION['lang']);
eval('$x = 1;');
if (isset($_GET['lang'])) $_SESSION['lang'] = $_GET['lang'];
