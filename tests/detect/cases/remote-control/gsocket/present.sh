#!/bin/sh
gs-netcat -s secret -liqD
