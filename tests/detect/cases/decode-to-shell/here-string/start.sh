#!/bin/bash
base64 -di <<< ZWNobyBoZWxsbwo= | bash
