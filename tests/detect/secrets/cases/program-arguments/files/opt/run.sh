#!/bin/sh
curl -H "Authorization: Bearer $TOKEN" https://example.com/
SLACK_URL=https://hooks.slack.com/services/T{A10}/B{A10}/{w24}
