#!/bin/sh
ssh -fNL 5432:db:5432 user@192.0.2.9
