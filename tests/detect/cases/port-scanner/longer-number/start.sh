#!/bin/sh
nmap -p 12375 198.51.100.7
