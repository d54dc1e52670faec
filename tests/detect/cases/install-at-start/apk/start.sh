#!/bin/sh
apk add --no-cache curl
