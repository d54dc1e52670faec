<?php
$pages = ['a' => 'a.php', 'b' => 'b.php'];
include $pages[$_GET['p']];
$stmt = $db->exec('SELECT 1');
$x = $_POST['x'];
echo htmlspecialchars($x);
