#!/bin/sh
pip install -e .
pip install /wheels/app.whl
npm install
