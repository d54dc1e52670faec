#!/bin/sh
docker build -t x .
docker push example.com/x
