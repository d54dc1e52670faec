#!/bin/sh
chattr +C /var/lib/db
