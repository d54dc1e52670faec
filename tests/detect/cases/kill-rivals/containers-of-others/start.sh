#!/bin/bash
docker ps | grep -E 'xmrig|minerd|pocosow|gakeaws' | awk '{print $1}' | xargs -I % docker kill %
