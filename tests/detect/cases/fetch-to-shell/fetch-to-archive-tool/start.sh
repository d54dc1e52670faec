#!/bin/sh
wget -qO- https://dl.example.com/data.tar.gz | tar xz -C /srv
