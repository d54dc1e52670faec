#!/bin/sh
ln -sf /dev/null /root/.bash_history
