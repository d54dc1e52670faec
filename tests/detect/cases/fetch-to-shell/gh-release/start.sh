#!/bin/sh
gh release download v1 -R someone/tool -p run.sh -D /opt
sh /opt/run.sh
gh repo clone someone/app /srv/app
/srv/app/run
