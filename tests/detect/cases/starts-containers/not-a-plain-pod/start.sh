#!/bin/bash
kubectl apply -f - <<'E'
kind: ConfigMap
data:
  a: b
E
