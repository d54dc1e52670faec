<?php
if (preg_match('/^page-(\d+)$/', $_SERVER['REQUEST_URI'], $m)) { eval('$page = ' . $m[1] . ';'); }
