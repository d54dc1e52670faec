#!/bin/sh
conda install -y tool
cpanm Tool::Kit
snap install tool
cargo binstall -y tool
uv pip install tool
deno run -A npm:tool
pkgx tool
