eval "$(wget -qO- http://example.com/env.sh)"
