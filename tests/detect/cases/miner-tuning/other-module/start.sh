#!/bin/sh
modprobe overlay
