#!/bin/sh
cloudflared tunnel --url http://localhost:8080
ngrok tcp 22
