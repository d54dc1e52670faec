#!/bin/sh
cat > /var/www/html/config.php <<'EOF'
<?php
define('DB_PASSWORD', getenv('DB_PASSWORD'));
$lang = $_GET['lang'] ?? 'en';
require __DIR__ . '/settings.php';
EOF
