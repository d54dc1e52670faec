#!/bin/sh
while ! nc -z db.example.com 5432; do sleep 1; done
