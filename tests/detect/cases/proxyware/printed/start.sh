#!/bin/sh
echo "honeygain is not started here"
