#!/bin/bash
while read ip; do
  curl -s "http://$ip:2375/containers/json"
done < /tmp/list
