<?php
$h = $router->match($_SERVER['REQUEST_URI']);
call_user_func($h, $request);
