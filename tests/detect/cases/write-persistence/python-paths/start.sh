#!/bin/bash
echo '/srv/app' > /usr/lib/python3/dist-packages/app.pth
echo 'import sys; sys.path.insert(0, "/srv")' > /usr/lib/python3/dist-packages/b.pth
