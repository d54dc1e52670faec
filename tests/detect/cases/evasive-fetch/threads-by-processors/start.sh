#!/bin/sh
exec /app/server --threads "$(nproc)"
