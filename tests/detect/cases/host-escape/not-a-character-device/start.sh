#!/bin/bash
mknod /dev/null2 c 1 3; mknod /run/pipe p
