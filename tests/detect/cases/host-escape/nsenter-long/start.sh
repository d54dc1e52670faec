#!/bin/sh
nsenter --target=1 --mount /bin/bash
