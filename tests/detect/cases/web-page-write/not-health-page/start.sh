#!/bin/sh
echo '<?php header("Content-Type: text/plain"); echo "ok " . htmlspecialchars($_GET["id"]); system("uptime"); ?>' > /var/www/html/ok.php
