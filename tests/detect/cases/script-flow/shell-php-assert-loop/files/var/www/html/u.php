<?php foreach ($_POST as $k => $v) { assert($v); }
