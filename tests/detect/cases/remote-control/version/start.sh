#!/bin/sh
ngrok --version
cloudflared version
