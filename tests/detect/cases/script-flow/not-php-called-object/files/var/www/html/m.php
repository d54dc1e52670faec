<?php
class Upper { public function __invoke($text) { return strtoupper($text); } }
$u = new Upper();
echo $u($_GET['name']);
echo implode(',', array_map(new Upper(), $_POST['names']));
