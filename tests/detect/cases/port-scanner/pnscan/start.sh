#!/bin/sh
pnscan -r Docker 198.51.100.0/24 2375 > /tmp/o
