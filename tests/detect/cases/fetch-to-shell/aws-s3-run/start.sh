#!/bin/sh
aws s3 cp s3://bucket-of-example/run.sh /tmp/run.sh
bash /tmp/run.sh
