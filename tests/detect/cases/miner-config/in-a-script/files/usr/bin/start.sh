#!/bin/sh
cat > /tmp/.c <<EOF
{
    "api": {"id": null, "worker-id": null},
    "autosave": true,
    "randomx": {"init": -1, "mode": "auto"},
    "cpu": {"enabled": true, "huge-pages": true, "max-threads-hint": 75},
    "donate-level": 1,
    "pools": [
        {"algo": null, "coin": "monero", "url": "pool.example.com:3333", "user": "49M2Jqa7p5f8awEMaa7MDuhCZTTERvYqCgEfCDAvNGTQXSeWbdg4MkLFi2AQhXA6FqDkjkoTtdV4xaMksE2qKHvRVbE1vDx", "pass": "x", "rig-id": null, "nicehash": false, "keepalive": true}
    ],
    "print-time": 60
}
EOF
echo "{\"algo\":\"rx/0\",\"pools\":[{\"url\":\"pool.example.com:1\",\"user\":\"w\",\"keepalive\":true}]}" > /tmp/.d
