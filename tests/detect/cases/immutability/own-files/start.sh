#!/bin/sh
chattr +i /srv/data/archive.db
