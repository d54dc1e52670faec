curl -s ${MIRROR:-http://example.com/i.sh} | sh
