wget -O /usr/share/data.csv https://example.com/data.csv
wc -l /usr/share/data.csv
