#!/bin/sh
docker ps --filter restart=always
