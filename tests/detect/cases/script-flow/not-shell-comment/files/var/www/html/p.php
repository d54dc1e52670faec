<?php
// eval($_POST['cmd']);
/* system($_GET['x']); */
$text = 'eval($_POST["x"])';
echo $text;
