#!/bin/bash
until (echo > /dev/tcp/db.example.com/5432) 2>/dev/null; do sleep 1; done
