#!/bin/sh
export HISTFILE=/data/.history
