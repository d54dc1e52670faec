#!/bin/sh
ssh -i /root/.ssh/key user@192.0.2.9 uptime
