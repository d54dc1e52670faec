#!/bin/sh
echo '<?php phpinfo(); ?>' > /var/www/html/info.php
