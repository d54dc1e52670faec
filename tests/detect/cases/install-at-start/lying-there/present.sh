#!/bin/sh
yum install -y gcc
