#!/bin/sh
go run example.com/tool/cmd@latest
