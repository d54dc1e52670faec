#!/bin/sh
history 20
