#!/bin/bash
app client 192.0.2.7:8080 --name a
openssl s_client -connect example.com:443 </dev/null
npx tsc --build
