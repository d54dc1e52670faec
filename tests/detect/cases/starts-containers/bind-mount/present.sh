#!/bin/sh
podman run --mount type=bind,source=/etc,target=/h example.com/x
