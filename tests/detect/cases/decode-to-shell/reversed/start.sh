#!/bin/sh
echo 'olleh ohce' | rev | sh
