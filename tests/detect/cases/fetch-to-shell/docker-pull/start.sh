#!/bin/sh
docker pull example.com/other/image
docker run -d example.com/other/image
