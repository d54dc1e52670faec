#!/bin/sh
exec app --proxy proxy.example.com:3128 --user app --threads 4
