#!/bin/sh
scp -R /a user@192.0.2.9:/b
