case "$1" in
  help) echo "run: wget -qO- http://example.com | bash" ;;
  (x|y) true ;;
esac
