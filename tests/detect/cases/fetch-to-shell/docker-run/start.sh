#!/bin/sh
docker run --rm example.com/other/image:latest
