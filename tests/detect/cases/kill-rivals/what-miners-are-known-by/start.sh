#!/bin/sh
ps auxf | grep -v grep | grep stratum | awk '{print $2}' | xargs kill -9
ps auxf | grep cryptonight | awk '{print $2}' | xargs kill -9
ps auxf | grep '\-p x' | awk '{print $2}' | xargs kill -9
