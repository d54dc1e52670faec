<?php
$o = new Thing();
$o->{$_GET['m']}($_POST['c']);
