#!/bin/bash
log() { echo "$1" >&"$OUT"; }
log started
