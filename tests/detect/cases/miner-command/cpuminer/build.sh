minerd -a cryptonight -o stratum+tcp://pool.example.com:3333 -u x -p x -t 4
