#!/bin/sh
docker run -d traffmonetizer/cli_v2 start accept --token abc
