#!/bin/sh
REGION=$(curl -s http://169.254.169.254/latest/meta-data/placement/region)
exec /app/server --region "$REGION"
