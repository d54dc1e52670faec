#!/bin/sh
ssh-keyscan git.example.com >> /root/.ssh/known_hosts
