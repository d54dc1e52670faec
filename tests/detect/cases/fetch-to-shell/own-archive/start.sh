#!/bin/sh
tar xzf /opt/app.tar.gz -C /srv
/srv/app/run
