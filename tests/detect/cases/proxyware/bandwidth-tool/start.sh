#!/bin/sh
iperf3 -s
