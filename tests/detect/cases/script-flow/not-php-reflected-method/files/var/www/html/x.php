<?php
$r = new ReflectionMethod($controller, 'run');
$r->invoke($controller, $_GET['page']);
