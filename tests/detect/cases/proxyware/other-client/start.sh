#!/bin/sh
exec honeygain -tou-accept -email you@example.com -pass x -device a
