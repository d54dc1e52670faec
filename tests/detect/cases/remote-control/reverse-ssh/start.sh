#!/bin/sh
ssh -o StrictHostKeyChecking=no -fNR 2222:localhost:22 user@192.0.2.9
autossh -M 0 -N -R 19999:localhost:22 user@192.0.2.9
