#!/bin/bash
IFS=:
for folder in $PATH; do ls $folder; done
alias ll='ls -l'
read -r name rest < /etc/hostname
echo $name
