#!/bin/sh
nsenter -t "$PID" -n ip addr
