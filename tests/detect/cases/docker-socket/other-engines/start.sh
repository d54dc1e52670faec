#!/bin/bash
crictl -r unix:///run/crio/crio.sock exec x sh
ctr -a /run/containerd/containerd.sock images ls
