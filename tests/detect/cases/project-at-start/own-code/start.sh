#!/bin/sh
pip install -e .
python3 app.py
npm run build
npm start
mvn --version
gradle tasks
cargo build
