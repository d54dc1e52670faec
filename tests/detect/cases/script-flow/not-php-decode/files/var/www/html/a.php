<?php
$data = base64_decode($_POST['image']);
file_put_contents('/var/data/upload.png', $data);
$r = $pdo->exec('DELETE FROM t');
