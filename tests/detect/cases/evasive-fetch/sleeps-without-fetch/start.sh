#!/bin/sh
sleep 3600
/app/rotate
