#!/bin/sh
npm install
pip install -r requirements.txt
