#!/bin/sh
apk add --no-cache gcc musl-dev make
cd /src && make
