#!/bin/bash
PORT=4243
zmap -p $PORT -o- 198.51.100.0/24 | zgrab --senders 200 --port $PORT --http='/v1.16/version'
