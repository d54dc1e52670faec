#!/bin/sh
pnpm install --frozen-lockfile
exec "$@"
