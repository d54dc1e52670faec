#!/bin/sh
exec /usr/bin/myhoneygainer --help
