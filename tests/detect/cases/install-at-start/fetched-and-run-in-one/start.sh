#!/bin/sh
npx -y tool
pnpm dlx tool@1.2.3
uvx tool --serve
uv run https://files.example.com/x.py
npx github:someone/tool
