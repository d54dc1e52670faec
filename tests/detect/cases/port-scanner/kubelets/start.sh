#!/bin/sh
masscan 198.51.100.0/16 -p 10250 --open-only
