#!/bin/sh
exec telnetd -F -l /bin/login
