#!/bin/sh
pip install -r requirements.txt --index-url https://mirror.example.com/simple
