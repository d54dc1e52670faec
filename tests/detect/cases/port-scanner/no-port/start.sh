#!/bin/sh
masscan --version
