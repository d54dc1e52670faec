#!/bin/sh
npx next start
npm exec -- ./local.js
uv run main.py
yarn start
pnpm run build
npx ./tool
