#!/bin/bash
ttyd -p 7681 bash
