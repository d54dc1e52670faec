F‚#!/bin/sh
