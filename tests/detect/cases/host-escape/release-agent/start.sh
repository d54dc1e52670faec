#!/bin/sh
echo /cmd > /tmp/cgrp/release_agent
