#!/bin/bash
gpg --batch --verify x.sig x
gpg -o /srv/secrets.json -d /srv/secrets.gpg
